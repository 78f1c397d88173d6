# SPDX-License-Identifier: Apache-2.0
from setuptools import find_packages, setup

package_name = "semg_training"

setup(
    name=package_name,
    version="0.1.0",
    packages=find_packages(exclude=["test", "test.*"]),
    package_data={package_name: ["py.typed", "recipes/*.yaml"]},
    data_files=[
        ("share/ament_index/resource_index/packages", [f"resource/{package_name}"]),
        (f"share/{package_name}", ["package.xml"]),
    ],
    install_requires=["setuptools"],
    zip_safe=False,
    maintainer="semg maintainers",
    maintainer_email="semg-maintainers@users.noreply.github.com",
    description="See package.xml",
    license="Apache-2.0",
)
