"""What is measured, and what it should come to: one line of the table each."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from bench import client, measures
from bench.measures import APP, FEW, MANY, MEGABYTE, Stock
from bench.servers import Registry

SMALL, MEDIUM, LARGE = 1024, MEGABYTE, 100 * MEGABYTE
CLIENTS = 50
TAGS = {MANY: 100_000, FEW: 100}
PAGE = "tags/list?n=100"
MIDDLE = f"{PAGE}&last={measures.tag_name(50_000)}"

Measure = Callable[[Registry], float]


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how often: seconds for what wrk does, repetitions for the rest."""

    seconds: int
    rounds: int
    small: int  # blobs of 1 MB, and manifests, over each of four connections
    large: int  # blobs of 100 MB


DEFAULT = Plan(seconds=3, rounds=3, small=40, large=2)
QUICK = Plan(seconds=1, rounds=3, small=10, large=1)


@dataclass(frozen=True, slots=True)
class Case:
    """Two measures of one unit: the first should be ``target`` times the second."""

    name: str
    target: float
    first: Callable[[], float]
    second: Callable[[], float]


def every_case(ours: Registry, theirs: Registry, held: Stock, plan: Plan) -> list[Case]:
    rows = [*_reads(held, plan), *_writes(held, plan)]
    sides = [
        Case(name, target, partial(do, ours), partial(do, theirs)) for name, target, do in rows
    ]
    return [*sides, *_tag_pages(ours, plan)]


def _reads(held: Stock, plan: Plan) -> list[tuple[str, float, Measure]]:
    get = partial(measures.gets, repository=APP, seconds=plan.seconds)
    head = partial(measures.heads, repository=APP, seconds=plan.seconds)
    manifest = f"manifests/{client.digest_of(held.manifest)}"
    blobs = {size: f"blobs/{layer.digest}" for size, layer in held.layers.items()}
    pull = partial(measures.pulls, digest=held.layers[LARGE].digest, times=plan.large * 4)
    return [
        ("manifest GET by tag", 4, partial(get, path="manifests/latest")),
        ("manifest GET by digest", 4, partial(get, path=manifest)),
        ("manifest HEAD by tag", 4, partial(head, path="manifests/latest")),
        ("blob GET 1 KB", 5, partial(get, path=blobs[SMALL])),
        ("blob GET 1 MB", 1, partial(get, path=blobs[MEDIUM])),
        ("blob GET 100 MB", 1, pull),
    ]


def _writes(held: Stock, plan: Plan) -> list[tuple[str, float, Measure]]:
    medium = partial(measures.pushes, size=MEDIUM, times=plan.small, connections=4)
    large = partial(measures.pushes, size=LARGE, times=plan.large, connections=1)
    manifests = partial(measures.manifest_puts, held=held, times=plan.small, connections=4)
    return [
        ("blob push 1 MB, PATCH", 1, partial(medium, push=client.push_chunked)),
        ("blob push 1 MB, one PUT", 1, partial(medium, push=client.push_whole)),
        ("blob push 100 MB, PATCH", 1, partial(large, push=client.push_chunked)),
        ("blob push 100 MB, one PUT", 1, partial(large, push=client.push_whole)),
        ("manifest PUT", 1, manifests),
        (f"image push, {CLIENTS} at once", 1, partial(measures.crowd, clients=CLIENTS)),
    ]


def _tag_pages(ours: Registry, plan: Plan) -> list[Case]:
    """Ours against ours: a page of a long list against the page of a short one."""
    page = partial(measures.gets, ours, seconds=plan.seconds)
    short = partial(page, repository=FEW, path=PAGE)
    return [
        Case("tag page 1 of 100,000 : 100", 1, partial(page, repository=MANY, path=PAGE), short),
        Case("tag page 500 of same : 100", 1, partial(page, repository=MANY, path=MIDDLE), short),
    ]
