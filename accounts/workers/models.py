from django.db import models


class Heartbeat(models.Model):
    """When a worker last ran something: one row, so that a web process can tell."""

    name = models.CharField(max_length=64, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
