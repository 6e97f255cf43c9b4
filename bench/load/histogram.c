#include "load.h"

// Microseconds: one bucket each up to 1,024, then 512 for each power of two.
void record(Histogram *histogram, double seconds) {
  uint64_t value = seconds > 0 ? (uint64_t)(seconds * 1e6) : 0, bucket = value;
  if (value >= 1024) {
    int shift = 54 - __builtin_clzll(value);
    bucket = 1024 + (uint64_t)(shift - 1) * 512 + (value >> shift) - 512;
    if (bucket > 16383) bucket = 16383;
  }
  histogram->counts[bucket]++;
  histogram->total++;
}

// Microseconds.
double quantile(const Histogram *histogram, double share) {
  uint64_t wanted = (uint64_t)(share * (double)histogram->total), seen = 0;
  for (int bucket = 0; bucket < 16384; bucket++) {
    seen += histogram->counts[bucket];
    if (seen <= wanted) continue;
    if (bucket < 1024) return bucket;
    int shift = (bucket - 1024) / 512 + 1;
    return (double)((uint64_t)((bucket - 1024) % 512 + 512) << shift);
  }
  return 0;
}
