"""Structured logs."""
def configure(level: str, form: str) -> None:
    """Placeholder replaced below."""
