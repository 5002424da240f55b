// Domain: its first sources arrive with the work that needs them.
