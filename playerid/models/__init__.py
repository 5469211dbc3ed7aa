"""Models of others behind our protocols: with training, the only home of deep learning."""

import os

# Threads of a network that wait for each other sleep: spinning costs others half a core. Read by
# OpenMP when torch is imported.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
