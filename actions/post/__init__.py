"""The post: letters that go out, their answers, digests, contacts to be mended."""
