"""What the tests of running processes share: starting them, asking them, waiting for them."""
