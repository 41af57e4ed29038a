"""What holds for every test."""

from __future__ import annotations

import os

from hypothesis import settings

# The same examples on every run, so that a red build is the change's fault; HYPOTHESIS_PROFILE=explore looks for new ones.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None, max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))
