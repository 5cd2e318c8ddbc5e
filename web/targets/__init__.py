"""Where a record becomes work: what fetches it, runs it or opens it, one file a target."""
