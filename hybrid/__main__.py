"""``python -m hybrid`` is the command ``hybrid``."""

import sys

from hybrid.cli import main

sys.exit(main())
