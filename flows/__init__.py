"""When: one file per deployable flow."""
