-- Weights of shot_values: log-odds that a shot attempt falls, one row.
--
-- Sport: basketball
--
-- Fitted on 3794 shot attempts of 447 games of 2015-16 whose call is known, by `python -m
-- playerid.evaluate.shot_fit`. Said and made on games held out, by fifths of the shots, per cent:
-- 30 and 32; 32 and 32; 35 and 33; 45 and 46; 74 and 73. Brier score 0.218, against 0.245 of the
-- mean alone.
--
-- intercept_score  Of every shot.
-- distance_score   A metre of distance from the basket.
-- near_score       Nearness to the ring.
-- three_score      From beyond the three-point line.
-- open_score       A metre to the nearest opponent, up to 3.
-- near_open_score  The same, near the ring.

select
    0.4106 as intercept_score,
    -0.1898 as distance_score,
    0.1289 as near_score,
    0.1702 as three_score,
    0.0060 as open_score,
    1.4963 as near_open_score
