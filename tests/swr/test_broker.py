import json
import threading
from queue import Empty

import pytest
from kombu import Connection

pytestmark = pytest.mark.pure


@pytest.fixture
def channel(tmp_path):
    options = {f"data_folder_{way}": str(tmp_path) for way in ("in", "out")}
    link = Connection("localhost", transport="swr.broker:Transport", transport_options=options)
    with link:
        yield link.channel()


def test_messages_come_back_in_their_order(channel):
    for number in range(3):
        channel._put("celery", {"body": number})
        channel._put("other", {"body": -1})
    assert [channel._get("celery")["body"] for _ in range(3)] == [0, 1, 2]
    with pytest.raises(Empty):
        channel._get("celery")


def test_who_looks_all_the_time_never_sees_half_a_message(channel):
    sent, got = 300, []

    def send() -> None:
        for number in range(sent):
            channel._put("celery", {"body": "x" * 10_000, "number": number})

    sender = threading.Thread(target=send)
    sender.start()
    while sender.is_alive() or channel._size("celery"):
        try:
            got.append(channel._get("celery")["number"])
        except Empty:
            continue
    sender.join()
    assert sorted(got) == list(range(sent))


def test_a_message_is_a_file_of_json(channel, tmp_path):
    channel._put("celery", {"body": 1})
    (file,) = tmp_path.iterdir()
    assert file.name.endswith(".celery.msg")
    assert json.loads(file.read_text()) == {"body": 1}
