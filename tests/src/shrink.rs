//! Makes a failing stream of bytes smaller. In: bytes, and whether some fail. Out: fewer and smaller
//! ones that still fail. Not its job: what failing means (`campaign`).

/// Cuts and lowers as long as something is gained; `fails` is asked at most `tries` times.
pub fn shrink(bytes: &[u8], mut tries: usize, mut fails: impl FnMut(&[u8]) -> bool) -> Vec<u8> {
    let mut best = bytes.to_vec();
    let mut attempt = |best: &mut Vec<u8>, candidate: Vec<u8>| {
        if tries == 0 || candidate == *best {
            return false;
        }
        tries -= 1;
        let better = fails(&candidate);
        if better {
            *best = candidate;
        }
        better
    };
    loop {
        let before = best.clone();
        let mut chunk = best.len() / 2;
        while chunk > 0 {
            let mut at = 0;
            while at + chunk <= best.len() {
                let cut = [&best[..at], &best[at + chunk..]].concat();
                if attempt(&mut best, cut) {
                    continue;
                }
                let mut zeroed = best.clone();
                zeroed[at..at + chunk].fill(0);
                attempt(&mut best, zeroed);
                at += chunk;
            }
            chunk /= 2;
        }
        for at in 0..best.len() {
            for lower in [best[at] / 2, best[at].saturating_sub(1)] {
                let mut lowered = best.clone();
                lowered[at] = lower;
                attempt(&mut best, lowered);
            }
        }
        if best == before {
            return best;
        }
    }
}
