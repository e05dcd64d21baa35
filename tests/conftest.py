"""Settings of the whole suite."""

from hypothesis import settings

settings.register_profile("compiled", deadline=None)  # the first example may compile a kernel
settings.load_profile("compiled")
