"""Who did what, and was it earned: capability use, writes, provenance, the catalogue of exploits."""

from pokerl.audit.model import Audit
from pokerl.audit.render import to_json, to_markdown, to_rich
from pokerl.audit.report import audit_run, require_ok

__all__ = ["Audit", "audit_run", "require_ok", "to_json", "to_markdown", "to_rich"]
