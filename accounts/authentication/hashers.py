from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    """Argon2id in 19 MiB, as OWASP recommends: Django's 100 MiB are more than a worker may take."""

    time_cost = 2
    memory_cost = 19456  # KiB
    parallelism = 1
