(* Certificates of chaos exist whenever there is a least period that is not a power of 2.

   certificate_iff: an odd return of some f^(2^j) exists if and only if f has such a least period.
   rational_certificate_in: then n = 3, strict inequalities and a rational point suffice at some level j; for
   a horseshoe contains a point whose first three steps are strictly inside of it. *)

From Coq Require Import Reals Lra Lia.
From Certify Require Import Dynamics Iterates Continuity Transfer Turbulence OddChaos OddCertificate.
Local Open Scope R_scope.

Theorem certificate_iff f : continuity f ->
  (exists j n x, Nat.Odd n /\ ((iter (n * 2 ^ j) f x <= x < iter (2 ^ j) f x) \/
                               (iter (2 ^ j) f x < x <= iter (n * 2 ^ j) f x)))
  <-> (exists m p, least_period f m p /\ forall i, m <> (2 ^ i)%nat).
Proof.
  intro Hf. split.
  - intros (j & n & x & Ho & H).
    destruct (odd_chaos_line f j x n Hf Ho H) as (lo & hi & _ & m & p & _ & Hp). exists m, p; exact Hp.
  - intros (m & p & L & Hm). destruct (odd_return_of_period f m p L Hm) as (j & q & i & Ho & _ & E1 & E2).
    exists j, q, (iter i f p). split; auto. left. rewrite <- iter_iter. lra.
Qed.

(* ---- A rational point with strict inequalities ---- *)

Definition ly_strict (g : R -> R) (t : R) : Prop :=
  (g (g (g t)) < t /\ t < g t /\ g t < g (g t)) \/ (t < g (g (g t)) /\ g t < t /\ g (g t) < g t).

Lemma ly_strict_mir g t : ly_strict (mir g) t -> ly_strict g (- t).
Proof. unfold ly_strict, mir. rewrite !Ropp_involutive. intros [H|H]; [right|left]; lra. Qed.

Lemma ly_strict_ext g h t : (forall x, g x = h x) -> ly_strict g t -> ly_strict h t.
Proof. unfold ly_strict. intros E H. rewrite <- !E. exact H. Qed.

(* The strict inequality persists nearby. *)
Lemma ly_strict_open g y : continuity g -> ly_strict g y ->
  exists d, 0 < d /\ forall t, Rabs (t - y) < d -> ly_strict g t.
Proof.
  intros Hg.
  assert (Up : forall h u, continuity h -> h (h (h u)) < u /\ u < h u /\ h u < h (h u) ->
    exists d, 0 < d /\ forall t, Rabs (t - u) < d -> h (h (h t)) < t /\ t < h t /\ h t < h (h t)).
  { intros h u Hh (H3 & H1 & H2).
    destruct (cont_lt (fun t => iter 3 h t - t) u 0) as [d1 [D1 C1]].
    { apply cont_minus_id, iter_cont; auto. }
    { simpl; lra. }
    destruct (cont_gt (fun t => h t - t) u 0 (cont_minus_id _ Hh) ltac:(lra)) as [d2 [D2 C2]].
    destruct (cont_gt (fun t => iter 2 h t - h t) u 0) as [d3 [D3 C3]].
    { apply cont_minus; auto. apply iter_cont; auto. }
    { simpl; lra. }
    exists (Rmin d1 (Rmin d2 d3)). split; [repeat apply Rmin_pos; auto|]. intros t Ht.
    pose proof (Rmin_l d1 (Rmin d2 d3)). pose proof (Rmin_r d1 (Rmin d2 d3)).
    pose proof (Rmin_l d2 d3). pose proof (Rmin_r d2 d3).
    specialize (C1 t ltac:(lra)). specialize (C2 t ltac:(lra)). specialize (C3 t ltac:(lra)).
    simpl in C1, C3. lra. }
  intros [H|H].
  - destruct (Up g y Hg H) as [d [Hd Hc]]. exists d; split; auto. intros t Ht; left; auto.
  - destruct (Up (mir g) (- y)) as [d [Hd Hc]].
    + apply mir_cont, Hg.
    + unfold mir. rewrite !Ropp_involutive. lra.
    + exists d; split; auto. intros t Ht. rewrite <- (Ropp_involutive t). apply ly_strict_mir. left. apply Hc.
      rewrite <- Rabs_Ropp. replace (- (- t - - y)) with (t - y) by ring. exact Ht.
Qed.

(* In a horseshoe a c b with peak c: c' in (a,c) goes to b or beyond, and y in (a,c') goes to c'. *)
Lemma turb_up_strict g lo hi : continuity g -> turb_up g lo hi -> exists y, lo < y < hi /\ ly_strict g y.
Proof.
  intros Hg (a & c & b & Hlo & Hac & Hcb & Hhi & Hc & Ha & Hb).
  destruct (IVT_up g a c b Hg ltac:(lra) ltac:(lra)) as [c' [Hc' Ec']].
  destruct (IVT_up g a c' c' Hg ltac:(lra) ltac:(lra)) as [y [Hy Ey]].
  assert (Nc : y <> c') by (intro e; rewrite e in Ey; lra).
  assert (Na : y <> a).
  { intro e; rewrite e in Ey. assert (Ea : c' = a) by lra. rewrite Ea in Ec'. lra. }
  exists y. split; [lra|]. left. rewrite Ey, Ec'. lra.
Qed.

Lemma turb_strict g lo hi : continuity g -> turb g lo hi -> exists y, lo < y < hi /\ ly_strict g y.
Proof.
  intros Hg [T|T]; [apply turb_up_strict; auto|].
  destruct (turb_up_strict (mir g) (- hi) (- lo)) as [y [Hy S]].
  - apply mir_cont, Hg.
  - destruct T as (a & c & b & T). exists (- b), (- c), (- a). unfold mir. rewrite !Ropp_involutive. lra.
  - exists (- y). split; [lra|]. apply ly_strict_mir, S.
Qed.

Lemma rational_near y d : 0 < d -> exists (a : Z) (N : positive), Rabs (IZR a / IZR (Zpos N) - y) < d.
Proof.
  intro Hd. destruct (archimed_cor1 d Hd) as [N [H1 H2]].
  exists (up (y * INR N)), (Pos.of_nat N).
  assert (EN : IZR (Zpos (Pos.of_nat N)) = INR N).
  { rewrite INR_IZR_INZ. f_equal. destruct N; [lia|]. rewrite <- Pos.of_nat_succ. reflexivity. }
  rewrite EN. assert (HN : 0 < INR N) by (apply lt_0_INR; auto).
  destruct (archimed (y * INR N)) as [A B].
  assert (E : IZR (up (y * INR N)) / INR N - y = (IZR (up (y * INR N)) - y * INR N) * / INR N)
    by (field; lra).
  rewrite E. assert (Hi : 0 < / INR N) by (apply Rinv_0_lt_compat; auto).
  rewrite Rabs_right; nra.
Qed.

Lemma turb_rational g lo hi : continuity g -> turb g lo hi ->
  exists (a : Z) (N : positive), lo <= IZR a / IZR (Zpos N) <= hi /\ ly_strict g (IZR a / IZR (Zpos N)).
Proof.
  intros Hg T. destruct (turb_strict g lo hi Hg T) as [y [Hy Sy]].
  destruct (ly_strict_open g y Hg Sy) as [d [Hd Hc]].
  destruct (rational_near y (Rmin d (Rmin (y - lo) (hi - y)))) as (a & N & HN).
  { repeat apply Rmin_pos; lra. }
  pose proof (Rmin_l d (Rmin (y - lo) (hi - y))). pose proof (Rmin_r d (Rmin (y - lo) (hi - y))).
  pose proof (Rmin_l (y - lo) (hi - y)). pose proof (Rmin_r (y - lo) (hi - y)).
  exists a, N. split; [|apply Hc; lra]. apply Rabs_def2 in HN. lra.
Qed.

Theorem rational_certificate_in f m p lo hi : continuity f -> least_period f m p ->
  (forall i, m <> (2 ^ i)%nat) ->
  (forall i, lo <= iter i f p <= hi) ->
  exists j (a : Z) (N : positive), lo <= IZR a / IZR (Zpos N) <= hi /\
    ly_strict (iter (2 ^ j) f) (IZR a / IZR (Zpos N)).
Proof.
  intros Hf L Hm Hin. destruct (odd_return_of_period f m p L Hm) as (j & q & i & Ho & _ & E1 & E2).
  set (g := iter (2 ^ j) f) in *. assert (Hg : continuity g) by (apply iter_cont; auto).
  destruct (odd_turb g (iter i f p) lo hi q Hg Ho) as [T|T].
  - intros k _. unfold g. rewrite iter_iter, <- iter_add. auto.
  - left; lra.
  - destruct (turb_rational g _ _ Hg T) as (a & N & R & S). exists j, a, N; auto.
  - destruct (turb_rational (iter 2 g) _ _ (iter_cont g 2 Hg) T) as (a & N & R & S).
    exists (Datatypes.S j), a, N.
    split; auto. apply (ly_strict_ext (iter 2 g)); auto.
    intro x. unfold g. rewrite iter_iter. reflexivity.
Qed.

Theorem rational_certificate_exists f m p : continuity f -> least_period f m p ->
  (forall i, m <> (2 ^ i)%nat) ->
  exists j (a : Z) (N : positive), ly_strict (iter (2 ^ j) f) (IZR a / IZR (Zpos N)).
Proof.
  intros Hf L Hm. destruct (cycle_hull f m p (proj1 L) (proj1 (proj2 L))) as (lo & hi & Hin).
  destruct (rational_certificate_in f m p lo hi Hf L Hm Hin) as (j & a & N & _ & H). exists j, a, N; exact H.
Qed.

(* ---- Maps of [lo, hi]: chaos, an odd return, a rational strict odd return with n = 3 are one thing ---- *)

Theorem chaotic_iff f lo hi : cont_on f lo hi -> selfmap f lo hi ->
  (chaotic f lo hi <->
   exists j (a : Z) (N : positive), lo <= IZR a / IZR (Zpos N) <= hi /\
     ly_strict (iter (2 ^ j) f) (IZR a / IZR (Zpos N))).
Proof.
  intros Hc Hs. split.
  - intros [_ (m & p & Hp & L & Hm)].
    assert (E : forall n x, lo <= x <= hi -> iter n (ext f lo hi) x = iter n f x)
      by (intros; apply ext_iter; auto).
    destruct (rational_certificate_in (ext f lo hi) m p lo hi) as (j & a & N & Hin & H); auto.
    + apply ext_cont; auto; lra.
    + destruct L as [L0 [L1 L2]]. split; auto. rewrite E by auto. split; auto. intros k Hk. rewrite E; auto.
    + intro i. rewrite E by auto. apply selfmap_iter; auto.
    + exists j, a, N. split; auto. set (t := IZR a / IZR (Zpos N)) in *. set (g := iter (2 ^ j) f).
      assert (Eg : forall x, lo <= x <= hi -> iter (2 ^ j) (ext f lo hi) x = g x) by (intros; apply E; auto).
      assert (R1 : lo <= g t <= hi) by (apply selfmap_iter; auto).
      assert (R2 : lo <= g (g t) <= hi) by (apply selfmap_iter; auto).
      assert (E1 := Eg t Hin). assert (E2 := Eg (g t) R1). assert (E3 := Eg (g (g t)) R2).
      unfold ly_strict in *. rewrite E1, E2, E3 in H. exact H.
  - intros (j & a & N & Hin & H). apply (odd_chaos_interval f lo hi Hc Hs j (IZR a / IZR (Zpos N)) 3); auto.
    + exists 1%nat; reflexivity.
    + rewrite <- iter_iter. unfold ly_strict in H. simpl. lra.
Qed.

(* ---- The same on the line ---- *)

Theorem chaotic_line_iff f : continuity f ->
  ((exists lo hi, chaotic f lo hi) <->
   exists j (a : Z) (N : positive), ly_strict (iter (2 ^ j) f) (IZR a / IZR (Zpos N))).
Proof.
  intro Hf. split.
  - intros (lo & hi & _ & m & p & _ & L & Hm). apply (rational_certificate_exists f m p Hf L Hm).
  - intros (j & a & N & H).
    apply (odd_chaos_line f j (IZR a / IZR (Zpos N)) 3 Hf); [exists 1%nat; reflexivity|].
    rewrite <- iter_iter. unfold ly_strict in H. simpl. lra.
Qed.
