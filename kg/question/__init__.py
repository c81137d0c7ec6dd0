"""Questions in plain words, Chinese (either script) and English, without a language model.

words (ontology/questions.yaml) and lexicon -> tokens -> frame -> match (the ask lines of queries/*.rq)
-> answer. Every word must be understood, and there must be one reading; else the question is
refused, the word or the readings named.
"""
