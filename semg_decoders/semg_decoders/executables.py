# SPDX-License-Identifier: Apache-2.0
"""What ``ros2 run semg_decoders`` starts."""

from semg_node.starting import start_node


def preprocessor() -> int:
    """Run the preprocessor in a process of its own."""
    return start_node("preprocessor", "semg_decoders.preprocessor_node:Preprocessor")


def gesture_decoder() -> int:
    """Run the gesture decoder in a process of its own."""
    return start_node(
        "gesture_decoder", "semg_decoders.gesture_decoder_node:GestureDecoderComponent"
    )


def wrist_decoder() -> int:
    """Run the wrist decoder in a process of its own."""
    return start_node("wrist_decoder", "semg_decoders.wrist_decoder_node:WristDecoderComponent")


def handwriting_decoder() -> int:
    """Run the handwriting decoder in a process of its own."""
    return start_node(
        "handwriting_decoder", "semg_decoders.handwriting_decoder_node:HandwritingDecoderComponent"
    )
