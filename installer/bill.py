"""The bill of materials of a bundle, as CycloneDX 1.6: packages that are really inside, fonts, models, the build machine's own.

python -m installer.bill BUNDLE PYTHON FILE [VERSION]     PYTHON: the interpreter of the environment that froze it
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import subprocess
import sys
import uuid
from pathlib import Path

from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import LicenseExpression
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from packageurl import PackageURL
from PyInstaller.archive.readers import CArchiveReader

from installer.debian import source_date
from installer.elf import of_the_build_machine
from installer.recipe import program
from installer.wheels import chosen, table, target_of
from scripts.third_party_notices import terms

FONTS_AND_MODELS = (".ttf", ".onnx", ".icc")
_INSTALLED = """
import json
from importlib import metadata
owners = metadata.packages_distributions()
versions = {d.metadata["Name"].lower().replace("_", "-").replace(".", "-"): d.version for d in metadata.distributions()}
print(json.dumps({"owners": owners, "versions": versions}))
"""


def modules_inside(bundle: Path) -> set[str]:
    """Top names of all modules of the bundle: pure ones in the program's archive, compiled ones as folders and files beside it."""
    archive = CArchiveReader(str(program(bundle)))
    code = archive.open_embedded_archive(next(name for name in archive.toc if name.endswith(".pyz")))
    pure = {name.partition(".")[0] for name in code.toc}
    return pure | {path.name.partition(".")[0] for path in (bundle / "_internal").iterdir()}


def packages_inside(bundle: Path, python: Path) -> dict[str, str]:
    """Distribution to version, of those that own a module that is inside. Our own and the freezer's hooks are not among them."""
    asked = subprocess.run([str(python), "-c", _INSTALLED], check=True, capture_output=True, encoding="utf-8")
    told = json.loads(asked.stdout)
    inside = modules_inside(bundle)
    owners = {
        name.lower().replace("_", "-").replace(".", "-") for top in inside for name in told["owners"].get(top, [])
    }
    return {
        name: told["versions"][name]
        for name in sorted(owners)
        if not name.startswith("pyinstaller") and name != "clerk-app"
    }


def bill(bundle: Path, python: Path, version: str) -> Bom:
    """The whole bill. Raises LookupError for a package whose terms nobody looked up, ValueError for one that may not be shipped."""
    bom = Bom(serial_number=uuid.uuid5(uuid.NAMESPACE_URL, f"clerk-app/{bundle.name}/{version}/{source_date()}"))
    bom.metadata.timestamp = dt.datetime.fromtimestamp(source_date(), dt.UTC)
    ours = Component(name=bundle.name, version=version, type=ComponentType.APPLICATION, bom_ref=bundle.name)
    bom.metadata.component = ours
    wheels = chosen(target_of(), table())
    for name, its_version in packages_inside(bundle, python).items():
        bom.components.add(
            Component(
                name=name,
                version=its_version,
                type=ComponentType.LIBRARY,
                bom_ref=f"pypi:{name}",
                purl=PackageURL("pypi", name=name, version=its_version),
                licenses=[LicenseExpression(terms(name))],
                hashes=[_sha256(wheels[name].sha256)] if name in wheels else [],
            )
        )
    for path in sorted((bundle / "_internal").rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        inside = path.relative_to(bundle / "_internal")
        given = ".so" in path.name and of_the_build_machine(inside)
        if given or path.suffix in FONTS_AND_MODELS:
            bom.components.add(
                Component(
                    name=inside.as_posix(),
                    type=ComponentType.FILE,
                    bom_ref=f"file:{inside.as_posix()}",
                    hashes=[_sha256(hashlib.sha256(path.read_bytes()).hexdigest())],
                    properties=[
                        Property(name="from", value="the build machine" if given else "fonts, models, profiles")
                    ],
                )
            )
    bom.register_dependency(ours, bom.components)
    return bom


def _sha256(value: str) -> HashType:
    return HashType(alg=HashAlgorithm.SHA_256, content=value)


def write(bundle: Path, python: Path, file: Path, version: str) -> Path:
    """Write it as JSON; the file."""
    made = make_outputter(bill(bundle, python, version), OutputFormat.JSON, SchemaVersion.V1_6)
    file.write_text(made.output_as_string(indent=1) + "\n", encoding="utf-8")
    return file


if __name__ == "__main__":
    from clerk_app import __version__

    write(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4] if len(sys.argv) > 4 else __version__)
