//! The provisioning log of a run as the portal exports it: three sheets, joined by `changeId`.

use std::io::{self, Write};

use super::line::Cells;
use super::read::RunItem;
use super::report::Report;
use crate::scenario::log::{PROPERTIES, ROWS, STEPS};

/// The sheets in the making.
pub struct Sheets<W: Write> {
    rows: csv::Writer<W>,
    steps: csv::Writer<W>,
    properties: csv::Writer<W>,
}

impl<W: Write> Sheets<W> {
    /// Begins the sheets of the rows, the steps and the modified properties.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn new(out: [W; 3]) -> io::Result<Sheets<W>> {
        let [mut rows, mut steps, mut properties] = out.map(csv::Writer::from_writer);
        rows.write_record(ROWS)?;
        steps.write_record(STEPS)?;
        properties.write_record(PROPERTIES)?;
        Ok(Sheets { rows, steps, properties })
    }
}

fn write<W: Write>(sheet: &mut csv::Writer<W>, columns: &[&str], cells: &Cells) -> io::Result<()> {
    Ok(sheet.write_record(columns.iter().map(|column| cells.get(column)))?)
}

impl<W: Write> Report for Sheets<W> {
    fn take(&mut self, item: &RunItem<'_>) -> io::Result<()> {
        let RunItem::Record(line) = item else { return Ok(()) };
        let Some(row) = &line.row else { return Ok(()) };
        write(&mut self.rows, &ROWS, &row.cells)?;
        for step in &row.steps {
            write(&mut self.steps, &STEPS, step)?;
        }
        for property in &row.modified {
            write(&mut self.properties, &PROPERTIES, property)?;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.rows.flush()?;
        self.steps.flush()?;
        self.properties.flush()
    }
}
