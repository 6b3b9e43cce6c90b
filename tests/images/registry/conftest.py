from tests.at_the_wire import alice, anonymous, bob, carol, mallory

__all__ = ["alice", "anonymous", "bob", "carol", "mallory"]
