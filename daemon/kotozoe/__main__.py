"""`python -m kotozoe`: the same as the `kotozoe` command."""

import sys

from kotozoe.cli import main

sys.exit(main())
