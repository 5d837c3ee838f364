"""Results on disk: records, the claims of those who compute them, and what a folder holds."""

from aezoo.errors import DamagedRecordWarning
from aezoo.files import write_atomically
from aezoo.store.claims import Claims
from aezoo.store.fallback import FallbackStore
from aezoo.store.store import Store

__all__ = ["Claims", "DamagedRecordWarning", "FallbackStore", "Store", "write_atomically"]
