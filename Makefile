# `make run` and `make test` do all the set-up on a machine with Python 3.10 or newer, gcc and make.

.DEFAULT_GOAL := help
.PHONY: help run test check bench faults course realism personalisation train evaluate lock clean
SHELL := bash

# Only this machine hears the graph unless asked otherwise.
export ROS_AUTOMATIC_DISCOVERY_RANGE ?= LOCALHOST
export AMENT_PREFIX_PATH := $(CURDIR)/.venv$(addprefix :,$(AMENT_PREFIX_PATH))
# Where ROS 2 is sourced, the loader finds the libraries of our messages by this alone.
ifdef ROS_DISTRO
export LD_LIBRARY_PATH := $(CURDIR)/.venv/lib$(addprefix :,$(LD_LIBRARY_PATH))
endif
python := .venv/bin/python

help:  ## what there is to make
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/: *## */\t/' | expand -t 12

run:  ## the wristband graph on a simulated wearer; options with ARGS="--duration 20"
	@tools/set_up.sh run
	@.venv/bin/semg run $(ARGS)

test:  ## all tests; options with ARGS="-k mpf"
	@tools/set_up.sh test
	@$(python) -m pytest $(ARGS)

check:  ## lint and types
	@tools/set_up.sh test
	$(python) -m ruff check .
	$(python) -m ruff format --check .
	$(python) -m mypy

bench:  ## speed, latency and CPU on this machine, beside PyTorch
	@tools/set_up.sh test
	@$(python) -m test.bench $(ARGS)

faults:  ## how soon a driven robot stands still after each fault, 20 times each (half an hour)
	@tools/set_up.sh test
	@$(python) -m test.faults $(ARGS)

course:  ## simulated people drive a simulated robot around a course, by EMG alone
	@tools/set_up.sh test
	@$(python) -m test.course $(ARGS)

train:  ## train the default model bundles anew on simulated people (some four hours on one core)
	@tools/set_up.sh test
	@tools/train_bundles.sh

realism:  ## hold simulated EMG against real EMG; options with ARGS="--figure realism.png"
	@tools/set_up.sh test
	@$(python) -m test.realism $(ARGS)

personalisation:  ## tune handwriting to ten simulated people, and test it on another occasion
	@tools/set_up.sh test
	@$(python) -m test.personalisation $(ARGS)

evaluate:  ## decode ten simulated people who were never in training
	@tools/set_up.sh run
	@.venv/bin/semg evaluate $(ARGS)

lock:  ## pin the newest versions of all dependencies (needs uv)
	tools/lock.sh

clean:  ## remove everything that was made
	rm -rf .venv build install log
