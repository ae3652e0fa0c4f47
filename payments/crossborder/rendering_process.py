"""The process that paints the pages of a PDF, started for one document and gone afterwards.

It stands alone: no Django, no settings, no keys, no database. What it gets is the document on standard input and its
limits as arguments; what it gives is pictures on standard output. So what strangers wrote is unpacked by native code
that can reach nothing, and of the document nothing is left but what a reader would see: no script, no attachment, no
link, nothing before its beginning or after its end.

    rendering_process.py <most pages> <longest side in pixels> <seconds of the processor> <bytes of memory>

Out: for each page a line with its size in bytes, then the bytes of a JPEG. Exit 3: more pages than may be; 4: it cannot
be read, or only with a password.
"""

import io
import resource
import sys

TOO_MANY, UNREADABLE = 3, 4
DOTS = 150  # to the inch
POINTS = 72
QUALITY = 85


def main(most_pages: int, longest: int, seconds: int, memory: int) -> int:
    """This function will paint every page of the document that arrives."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # nothing is written to the disk
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    import pypdfium2  # reason: a process of its own loads the painter, nobody else

    data = sys.stdin.buffer.read()
    try:
        document = pypdfium2.PdfDocument(data)
        pages = len(document)
    except pypdfium2.PdfiumError:
        return UNREADABLE
    if not pages:
        return UNREADABLE
    if pages > most_pages:
        return TOO_MANY
    for number in range(pages):
        try:
            page = document[number]
            width, height = page.get_size()
            largest = max(width, height)
            if largest <= 0:
                return UNREADABLE
            # Nothing a document says of its size makes the picture larger than this.
            picture = page.render(scale=min(DOTS / POINTS, longest / largest), may_draw_forms=False).to_pil()
        except pypdfium2.PdfiumError:
            return UNREADABLE
        out = io.BytesIO()
        picture.convert("RGB").save(out, "JPEG", quality=QUALITY)
        jpeg = out.getvalue()
        sys.stdout.buffer.write(f"{len(jpeg)}\n".encode() + jpeg)
    return 0


if __name__ == "__main__":
    sys.exit(main(*(int(each) for each in sys.argv[1:5])))
