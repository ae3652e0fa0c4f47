"""The process that reads the letters of photos, started by reading.py for one application and gone afterwards.

It stands alone: no Django, no settings, no keys, no database. What it gets is the photos on standard input; what it
gives is JSON on standard output. So the pictures of strangers are unpacked by native code that can reach nothing, the
370 MB that the models take are given back after each application, and no other process ever loads them.

In:  for each photo a line "<side> <bytes>", then the bytes.
Out: {"<side>": [[text, score 0..1, [left, top, right, bottom]], ...]}, one row for each line of print.
"""

import io
import json
import logging
import resource
import sys
from typing import Any

MOST_SECONDS = 60  # of the processor
MOST_FILE_BYTES = 0  # nothing is written to the disk


def main() -> int:
    """This function will read every photo that arrives."""
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_FILE_BYTES, MOST_FILE_BYTES))
    import numpy  # reason: a process of its own loads the reader, nobody else
    import onnxruntime  # reason: a process of its own loads the reader, nobody else
    from PIL import Image  # reason: a process of its own loads the reader, nobody else
    from rapidocr import RapidOCR  # reason: a process of its own loads the reader, nobody else

    onnxruntime.disable_telemetry_events()  # it would tell its makers that it runs

    logging.disable(logging.CRITICAL)
    engine: Any = RapidOCR(params={"Global.log_level": "critical", "EngineConfig.onnxruntime.intra_op_num_threads": 1})
    found: dict[str, Any] = {}
    while header := sys.stdin.buffer.readline():
        side, _space, size = header.decode().partition(" ")
        with Image.open(_taken(int(size)), formats=("JPEG",)) as picture:
            pixels = numpy.asarray(picture.convert("RGB"))[:, :, ::-1]
        result = engine(pixels, use_cls=False)
        rows = zip(result.boxes, result.txts, result.scores, strict=True) if result.txts else ()
        found[side] = [
            [
                text,
                round(float(score), 3),  # a score
                [int(f) for f in (box[:, 0].min(), box[:, 1].min(), box[:, 0].max(), box[:, 1].max())],
            ]
            for box, text, score in rows
        ]
    json.dump(found, sys.stdout)
    return 0


def _taken(size: int) -> Any:
    data = sys.stdin.buffer.read(size)
    if len(data) != size:
        raise EOFError("a photo is shorter than announced")
    return io.BytesIO(data)


if __name__ == "__main__":
    sys.exit(main())
