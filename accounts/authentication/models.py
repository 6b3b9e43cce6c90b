from django.db import models


class LoginFailure(models.Model):
    """Failed logins of one name from one address: the memory of the throttle.

    The row without a name counts for the address as a whole.
    """

    name = models.CharField(max_length=64, blank=True)  # a keyed digest of what was typed
    address = models.CharField(max_length=64)
    failures = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(db_index=True)
    succeeded_at = models.DateTimeField(null=True, blank=True)  # this name is known at this address

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["name", "address"], name="login_failure_by_name_address"
            )
        ]

    def __str__(self) -> str:
        return f"{self.failures} from {self.address}"
