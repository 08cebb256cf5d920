"""Old Office formats (.doc, .xls, .ppt) by LibreOffice in a process of its own, where a setting names the program."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ingest.errors import DamagedFile, LimitExceeded

_NEWER = {"doc": "docx", "xls": "xlsx", "ppt": "pptx"}


@contextmanager
def converted(path: Path, old_type: str, program: str, timeout_seconds: float = 50.0) -> Iterator[Path]:
    """The file in its newer format ("doc" to "docx"), in a folder that is gone afterwards.

    Raises `LimitExceeded` where the program takes too long, `DamagedFile` where it makes nothing of the file.
    """
    newer = _NEWER[old_type]
    with tempfile.TemporaryDirectory() as folder:
        # A profile of its own: the program refuses to start beside one that is open on the same profile.
        profile = f"-env:UserInstallation={(Path(folder) / 'profile').as_uri()}"
        command = [program, profile, "--headless", "--convert-to", newer, "--outdir", folder, str(path)]
        try:
            subprocess.run(command, timeout=timeout_seconds, capture_output=True, check=False)
        except subprocess.TimeoutExpired as error:
            raise LimitExceeded(f"{path.name} tog för lång tid att omvandla; spara den som PDF eller DOCX.") from error
        except OSError as error:
            raise DamagedFile(f"{program} kan inte startas ({error.strerror}); rätta RUS_LIBREOFFICE.") from error
        made = Path(folder) / f"{path.stem}.{newer}"
        if not made.is_file():
            raise DamagedFile(f"{path.name} kunde inte omvandlas; spara den som PDF eller DOCX och läs in den.")
        yield made
