from marketplace.kernel.models.audit_run import AuditRun
from marketplace.kernel.models.command import Command
from marketplace.kernel.models.job import Job, JobRetry

__all__ = ["AuditRun", "Command", "Job", "JobRetry"]
