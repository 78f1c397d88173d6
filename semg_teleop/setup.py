# SPDX-License-Identifier: Apache-2.0
from glob import glob

from setuptools import find_packages, setup

package_name = "semg_teleop"

setup(
    name=package_name,
    version="0.1.0",
    packages=find_packages(exclude=["test", "test.*"]),
    package_data={package_name: ["py.typed"]},
    data_files=[
        ("share/ament_index/resource_index/packages", [f"resource/{package_name}"]),
        (f"share/{package_name}", ["package.xml"]),
        (f"share/{package_name}/profiles", sorted(glob("profiles/*.yaml"))),
    ],
    install_requires=["setuptools"],
    zip_safe=False,
    maintainer="semg maintainers",
    maintainer_email="semg-maintainers@users.noreply.github.com",
    description="Teleoperation by gesture, behind a safety gate.",
    license="Apache-2.0",
    entry_points={
        "console_scripts": [
            "teleop = semg_teleop.executables:teleop",
            "command_watchdog = semg_teleop.executables:command_watchdog",
            "kinematic_base = semg_teleop.executables:kinematic_base",
        ],
    },
)
