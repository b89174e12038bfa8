"""How a version says that it is approved: by tags on it."""

APPROVAL_TAG = "approval"
"""The tag that people set."""
APPROVED = "approved"
"""Its value that approves, in any case of letters."""
APPROVED_BY_TAG = "approved_by"
"""The tag that the approval task sets; deployment takes no version without it."""
