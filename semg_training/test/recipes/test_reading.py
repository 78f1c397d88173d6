# SPDX-License-Identifier: Apache-2.0
"""Recipes say what was published, and are refused where they say what nobody understands."""

import re

import pytest

pytest.importorskip("torch", reason="torch is only installed for training")

from semg_training.networks.gestures import PUBLISHED_GESTURES
from semg_training.networks.handwriting import HandwritingNetworkSettings
from semg_training.networks.wrist import PUBLISHED_WRIST
from semg_training.recipes.reading import FOLDER, find_recipe, read_recipe
from semg_training.recipes.refusal import RecipeError
from semg_training.written_windows import padding_before

INSTALLED = sorted(FOLDER.glob("*.yaml"))


@pytest.fixture
def edited(tmp_path):
    """Write the small recipe for gestures with some text replaced."""

    def edited(old, new):
        text = find_recipe("gestures", "small").read_text("utf-8")
        assert old in text
        path = tmp_path / "mine.yaml"
        path.write_text(text.replace(old, new, 1), "utf-8")
        return path

    return edited


@pytest.mark.parametrize("path", INSTALLED, ids=lambda path: path.stem)
def test_every_installed_recipe_is_read_and_called_by_its_task(path):
    assert path.stem.rsplit("_", 1)[0] == read_recipe(path).task


def test_there_is_a_small_and_a_published_recipe_for_every_task():
    published = {
        f"{task}_{size}"
        for task in ("gestures", "wrist", "handwriting")
        for size in ("small", "published")
    }
    assert {path.stem for path in INSTALLED} == published | {"postures_small"}


def test_published_recipe_of_gestures_is_as_published():
    recipe = read_recipe(find_recipe("gestures", "published"))
    assert recipe.network == PUBLISHED_GESTURES
    assert (recipe.optimiser.kind, recipe.optimiser.learning_rate) == ("adam", 5e-4)
    assert (recipe.batch.size, recipe.batch.window_s) == (512, 8.0)
    schedule = recipe.schedule
    assert (schedule.unit, schedule.total, schedule.warm_up) == ("epochs", 250, 5)
    assert (schedule.halve_at, schedule.shape) == ((25,), "constant")
    assert recipe.optimiser.gradient_clip == 0.5
    assert (recipe.target.start, recipe.target.end, recipe.target.release_tail) == (
        0.08,
        0.12,
        0.04,
    )
    assert (recipe.augmentation.roll, recipe.augmentation.roll_probability) == (2, 1.0)
    assert recipe.choose_by == "strongest_output"


def test_published_recipe_of_the_wrist_is_as_published():
    recipe = read_recipe(find_recipe("wrist", "published"))
    assert recipe.network == PUBLISHED_WRIST
    assert (recipe.optimiser.kind, recipe.optimiser.learning_rate) == ("adam", 1e-3)
    assert (recipe.batch.window_s, recipe.optimiser.gradient_clip) == (4.0, 1.0)
    assert (recipe.schedule.unit, recipe.schedule.patience) == ("epochs", 50)


def test_published_recipe_of_handwriting_is_as_published():
    recipe = read_recipe(find_recipe("handwriting", "published"))
    assert recipe.network == HandwritingNetworkSettings()
    assert recipe.optimiser.kind == "adamw"
    assert (recipe.optimiser.learning_rate, recipe.optimiser.weight_decay) == (6e-4, 0.05)
    assert recipe.optimiser.gradient_clip == 0.1
    schedule = recipe.schedule
    assert (schedule.total, schedule.warm_up, schedule.shape) == (200, 50, "cosine")
    assert (recipe.batch.size, recipe.batch.accumulate, recipe.batch.window_s) == (8, 2, 16.0)
    masks = recipe.augmentation
    assert (masks.frame_masks, masks.frame_mask_length) == (3, 5)
    assert (masks.band_masks, masks.band_mask_width, masks.roll) == (2, 1, 1)
    assert (recipe.target.samples_after, recipe.target.frame_weight) == (974, 0.0)
    assert padding_before(recipe.network) == 19014


def test_values_are_changed_one_by_one():
    path = find_recipe("gestures", "small")
    changes = ["network.hidden=64", "optimiser.learning_rate=1e-3", "schedule.halve_at=[2, 4]"]
    changed, whole = read_recipe(path, changes), read_recipe(path)
    assert (changed.network.hidden, changed.network.conv_channels) == (64, 128)
    assert changed.optimiser.learning_rate == 1e-3
    assert changed.schedule.halve_at == (2, 4)
    assert changed.batch == whole.batch


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("network.hiden=64", "network.hiden: unknown key; is 'hidden' meant?"),
        ("network.hidden=0", "network.hidden: 0, must be at least 1"),
        ("network.hidden=big", "network.hidden: 'big', must be a whole number"),
        ("network.hidden=64.5", "network.hidden: 64.5, must be a whole number"),
        ("network.dropout=1.0", "network.dropout: 1, must be from 0 to below 1"),
        ("optimiser.kind=sgd", "optimiser.kind: 'sgd', must be one of adam, adamw"),
        ("optimiser.learning_rate=.nan", "optimiser.learning_rate: nan, must be above 0"),
        ("optimiser.weight_decay=yes", "optimiser.weight_decay: True, must be a number"),
        ("schedule.warm_up=2400", "schedule.warm_up: 2400, must be from 0 to below total"),
        ("schedule.halve_at=[0]", "schedule.halve_at: [0], must all be at least 1"),
        ("schedule.halve_at=2", "schedule.halve_at: 2, must be a list"),
        ("augmentation.roll_probability=2", "augmentation.roll_probability: 2, must be from 0"),
        ("augmentation=3", "augmentation: must be a mapping"),
        ("target.end=0.01", "target.end: 0.01, must be above start"),
        ("choose_by=luck", "choose_by: 'luck', must be one of event_f1, strongest_output"),
        ("precision=float64", "precision: 'float64', must be one of auto, float32, bfloat16"),
        ("task=juggling", "task: 'juggling', must be one of gestures, wrist, handwriting"),
        ("nets.hidden=3", "--set nets.hidden=3: no group 'nets'; there are: network, optimiser"),
        ("network.hidden", "--set network.hidden: must be KEY=VALUE"),
        ("network.hidden=[", "the value '[' cannot be read"),
    ],
)
def test_what_a_recipe_cannot_mean_is_refused_in_one_line(change, said):
    with pytest.raises(RecipeError, match=re.escape(said)) as refused:
        read_recipe(find_recipe("gestures", "small"), [change])
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("value", ["3", "[90, 200]", "[[90]]", "[[90, 200, 300]]"])
def test_bands_are_pairs_of_frequencies(value):
    with pytest.raises(RecipeError, match=r"network\.bands: .* list of 2, each a number"):
        read_recipe(find_recipe("postures", "small"), [f"network.bands={value}"])


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("  hidden: 192\n", "", None),
        ("  kind: adam\n", "", "optimiser.kind is missing"),
        ("task: gestures\n", "", "task is missing"),
        ("batch:", "batches:", "batches: unknown key; is 'batch' meant?"),
        ("network:", "network: &n", None),
        ("network:", "network: !!python/object/apply:os.system", "not valid YAML"),
        ("kind: adam", "kind: adam\n  kind: adamw", "'kind' is already in line"),
    ],
)
def test_a_file_of_ones_own_is_read_as_strictly(edited, old, new, said):
    path = edited(old, new)
    if said is None:
        # What a file of one's own leaves out is as in the network's own defaults.
        assert read_recipe(path).network.hidden == (192 if new else 128)
        return
    with pytest.raises(RecipeError, match=re.escape(said)) as refused:
        read_recipe(path)
    assert str(refused.value).startswith(str(path))


def test_a_recipe_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(RecipeError, match=r"--size huge: .*there are published, small"):
        find_recipe("wrist", "huge")
