# SPDX-License-Identifier: Apache-2.0
from setuptools import find_packages, setup

package_name = "semg_driver"

setup(
    name=package_name,
    version="0.1.0",
    packages=find_packages(exclude=["test", "test.*"]),
    package_data={package_name: ["py.typed"]},
    data_files=[
        ("share/ament_index/resource_index/packages", [f"resource/{package_name}"]),
        (f"share/{package_name}", ["package.xml"]),
    ],
    install_requires=["setuptools"],
    zip_safe=False,
    maintainer="semg maintainers",
    maintainer_email="semg-maintainers@users.noreply.github.com",
    description="Driver node for surface EMG wristbands.",
    license="Apache-2.0",
    entry_points={
        "console_scripts": ["driver = semg_driver.executables:driver"],
        "semg_driver.devices": [
            "simulator = semg_driver.devices.simulator:PLUGIN",
            "replay = semg_driver.devices.replay:PLUGIN",
        ],
    },
)
