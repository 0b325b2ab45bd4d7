//! Dialogues with the engine: wake it, expect a call, answer it, expect the next.
