//! Time in this process, by criterion. In: things to run so many times. Out: medians. Columns are
//! interleaved: each round measures every one of them for a moment, so that what else the machine does
//! hits all alike, and the median of the rounds' medians counts. Not its job: what is run.

use anyhow::{Context, Result};
use criterion::Criterion;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long, and how often.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    pub rounds: usize,
    /// The same for what takes many seconds.
    pub few: usize,
    warm_up: Duration,
    measure: Duration,
}

impl Effort {
    pub const FULL: Effort =
        Effort { rounds: 7, few: 3, warm_up: Duration::from_millis(30), measure: Duration::from_millis(150) };
    /// For a first look.
    pub const QUICK: Effort =
        Effort { rounds: 3, few: 1, warm_up: Duration::from_millis(10), measure: Duration::from_millis(50) };
}

/// criterion's own samples in a round; its least.
const SAMPLES: usize = 10;

pub struct Sampler {
    criterion: Criterion,
    directory: PathBuf,
    effort: Effort,
}

impl Sampler {
    /// criterion writes into `directory`, which is emptied.
    pub fn new(directory: &Path, effort: Effort) -> Result<Sampler> {
        if directory.exists() {
            std::fs::remove_dir_all(directory)?;
        }
        let criterion = Criterion::default()
            .without_plots()
            .with_output_color(false)
            .output_directory(directory)
            .sample_size(SAMPLES)
            .nresamples(1000)
            .warm_up_time(effort.warm_up)
            .measurement_time(effort.measure);
        Ok(Sampler { criterion, directory: directory.to_path_buf(), effort })
    }

    pub fn effort(&self) -> Effort {
        self.effort
    }

    /// The nanoseconds that each of `columns` takes for one of so many; `run` says how long so many took.
    pub fn interleaved<T>(
        &mut self,
        row: &str,
        columns: &mut [(&str, T)],
        mut run: impl FnMut(&mut T, u64) -> Result<Duration>,
    ) -> Result<Vec<f64>> {
        let mut medians = vec![Vec::new(); columns.len()];
        for round in 0..self.effort.rounds {
            for ((name, column), medians) in columns.iter_mut().zip(&mut medians) {
                let id = format!("{row}.{name}.{round}");
                medians.push(self.median(&id, &mut |times| run(column, times))?);
            }
        }
        Ok(medians.into_iter().map(median).collect())
    }

    fn median(&mut self, id: &str, run: &mut dyn FnMut(u64) -> Result<Duration>) -> Result<f64> {
        let mut failed = None;
        self.criterion.bench_function(id, |bencher| {
            bencher.iter_custom(|times| {
                run(times).unwrap_or_else(|error| {
                    failed = Some(error);
                    // criterion knows no errors, and asks again until time has passed.
                    self.effort.measure
                })
            });
        });
        failed.map_or(Ok(()), |error| Err(error.context(id.to_string())))?;
        let file = self.directory.join(id).join("new").join("estimates.json");
        let text = std::fs::read(&file).with_context(|| file.display().to_string())?;
        let estimates: serde_json::Value = serde_json::from_slice(&text)?;
        estimates["median"]["point_estimate"].as_f64().context("criterion's estimates have no median")
    }
}

/// The middle one, or between the two in the middle.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => f64::NAN,
        n if n % 2 == 0 => (values[middle - 1] + values[middle]) / 2.0,
        _ => values[middle],
    }
}
