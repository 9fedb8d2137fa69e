"""`make golden`: write the golden analyses anew. Look at what changed before it is committed."""

import sys
from functools import partial

from local.settings import StackSettings
from shared.adapters.embedded.transcriber import WhisperTranscriber
from shared.adapters.embedded.whisper_weights import assemble
from tests.golden.golden import RECORDINGS, measured, rendered

transcriber = WhisperTranscriber(partial(assemble, StackSettings().models_folder))
for recording in RECORDINGS:
    recording.golden.parent.mkdir(exist_ok=True)
    recording.golden.write_text(rendered(measured(recording, transcriber)) + "\n", "utf-8")
    sys.stdout.write(f"{recording.golden.relative_to(recording.golden.parents[3])}\n")
