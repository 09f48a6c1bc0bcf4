from certify.counting.activation import activation_breaks
from certify.counting.counts import Count, Counts, counts, counts_of_sequence, iter_counts, iter_counts_of_sequence
