"""Encrypt and decrypt a folder from Python, by the names of the command line."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Sealable:
    """A folder with files about people, plain or encrypted."""

    path: Path

    def seal(self, key: Path | str | None = None) -> list[Path]:
        """Encrypt the files about people; a key file that is not there is made.

        Parameters
        ----------
        key : Path or str, optional
            File of the secret; without it a passphrase is asked at a terminal.

        Raises
        ------
        PlanError
            There is no key, or a file cannot be read or written.
        """
        from sojourn.relocation.run.seal import seal_folder, to_be_sealed
        from sojourn.relocation.site.seal import secret_of

        to_be_sealed(self.path)
        return seal_folder(self.path, secret_of(None if key is None else Path(key), make=True))

    def unseal(self, key: Path | str | None = None) -> list[Path]:
        """Decrypt the files about people again.

        Raises
        ------
        PlanError
            There is no key or another, or a file cannot be written; nothing was changed.
        """
        from sojourn.relocation.run.seal import open_folder
        from sojourn.relocation.site.seal import secret_of

        return open_folder(self.path, secret_of(None if key is None else Path(key), make=False))
