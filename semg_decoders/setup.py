# SPDX-License-Identifier: Apache-2.0
from pathlib import Path

from setuptools import find_packages, setup

package_name = "semg_decoders"


def bundle_files() -> list[tuple[str, list[str]]]:
    """Return where the files of each default model bundle are installed."""
    folders = sorted(path.parent for path in Path("bundles").glob("*/bundle.yaml"))
    return [
        (f"share/{package_name}/{folder}", [str(file) for file in sorted(folder.iterdir())])
        for folder in folders
    ]


setup(
    name=package_name,
    version="0.1.0",
    packages=find_packages(exclude=["test", "test.*"]),
    package_data={package_name: ["py.typed"]},
    data_files=[
        ("share/ament_index/resource_index/packages", [f"resource/{package_name}"]),
        (f"share/{package_name}", ["package.xml"]),
        *bundle_files(),
    ],
    install_requires=["setuptools"],
    zip_safe=False,
    maintainer="semg maintainers",
    maintainer_email="semg-maintainers@users.noreply.github.com",
    description="Streaming decoders for wristband EMG.",
    license="Apache-2.0",
    entry_points={
        "console_scripts": [
            "preprocessor = semg_decoders.executables:preprocessor",
            "gesture_decoder = semg_decoders.executables:gesture_decoder",
            "wrist_decoder = semg_decoders.executables:wrist_decoder",
            "handwriting_decoder = semg_decoders.executables:handwriting_decoder",
        ],
    },
)
