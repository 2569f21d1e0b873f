//! Settings: layers and typed views; the only reader of the environment and of files of settings.
