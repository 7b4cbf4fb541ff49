"""A cluster made of this process: jobs travel as bytes, end in another order, and die with their workers on the way."""

from __future__ import annotations

import pickle
from collections.abc import Iterator

from optviz.pipeline.executor import Ended, Event, Job, Sent


class Cluster:
    """Runs jobs as ``workers`` would; every third one's worker dies before it tells, and it is run once more."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self.jobs: dict[str, bytes] = {}
        self.taken = 0
        self.deaths = 0

    def submit(self, key: str, job: Job) -> None:
        self.jobs[key] = pickle.dumps(job)
        self.taken += 1

    def events(self) -> Iterator[Event]:
        jobs, self.jobs = self.jobs, {}
        keys = list(jobs)
        order = [key for worker in reversed(range(self.workers)) for key in keys[worker :: self.workers]]
        for number, key in enumerate(order):
            for attempt in range(2 if number % 3 == 0 else 1):
                self.deaths += attempt
                sent: list[object] = []
                result = pickle.loads(jobs[key])(sent.append)
            sent, result = pickle.loads(pickle.dumps((sent, result)))
            yield from (Sent(key, message) for message in sent)
            yield Ended(key, result)

    def close(self) -> None:
        pass
