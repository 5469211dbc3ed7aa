"""What every step stands on: caching, retries, costs, pools, settings."""
