"""The real site for tests: web and worker processes, and people who use them over HTTP."""
