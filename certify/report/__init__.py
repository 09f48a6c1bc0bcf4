"""Proofs that people can read: a certificate as a theorem with its proof, for papers and web pages."""
