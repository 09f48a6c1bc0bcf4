(* Odd chaos: T.-Y. Li, M. Misiurewicz, G. Pianigiani and J. A. Yorke, Phys. Lett. A 87 (1982).

   If f^n x <= x < f x for an odd n, or the mirror image holds, then f or f^2 has a touching horseshoe
   (odd_turb), and f^n has a fixed point that f moves (odd_fix), so f has an odd period.

   Let x_i = f^i x, let z be the first fixed point right of x, and F = f^2.
   - Step C: from a point y = x_i < z, i < n, either f has a horseshoe or some c in [y,z) has F c = y.
   - Hence even times stay left of z, or F has a horseshoe (an excursion of c); and no odd time is in [x,z).
   - So the orbit alternates around z until time n, which is odd: x_n > z, against x_n <= x. *)

From Coq Require Import Reals Lra Lia.
From Certify Require Import Dynamics Iterates Continuity Transfer Turbulence.
Local Open Scope R_scope.

Section OddReturn.
Variables (f : R -> R) (x lo hi z : R) (n : nat).
Hypothesis Hf : continuity f.
Hypothesis Hodd : Nat.Odd n.
Let X i := iter i f x.
Hypothesis HX : forall i, (i <= n)%nat -> lo <= X i <= hi.
Hypothesis Hr : X n <= x.
Hypothesis Hx : x < f x.
Hypothesis Hz : x < z.
Hypothesis Hzhi : z <= hi.
Hypothesis Ez : f z = z.
Hypothesis Bz : forall t, x <= t < z -> t < f t.
Let F := iter 2 f.
Let horseshoe := turb f lo hi \/ turb F lo hi.

Local Lemma lo_le_x : lo <= x.
Proof. apply (HX 0%nat); lia. Qed.

Local Lemma F_eq c : F c = f (f c).
Proof. reflexivity. Qed.

Local Lemma F_z : F z = z.
Proof. rewrite F_eq; congruence. Qed.

Local Lemma F_cont : continuity F.
Proof. apply iter_cont; auto. Qed.

Local Lemma X_S i : X (S i) = f (X i).
Proof. reflexivity. Qed.

Local Lemma X_F i j : iter j F (X i) = X (2 * j + i).
Proof. unfold F, X. rewrite iter_iter, <- iter_add. f_equal; lia. Qed.

Local Lemma F_from c y j : F c = y -> iter (S j) F c = iter j F y.
Proof. intro E. rewrite iter_S, E. reflexivity. Qed.

Local Lemma X_not_z i : (i <= n)%nat -> X i <> z.
Proof.
  intros Hi E. assert (X n = z); [|lra].
  unfold X. replace n with ((n - i) + i)%nat by lia. rewrite iter_add. fold (X i). rewrite E.
  apply iter_fix, Ez.
Qed.

(* Right of z the orbit moves left, or f has a horseshoe. *)
Local Lemma right_of_z i : (i <= n)%nat -> z < X i -> turb f lo hi \/ f (X i) <= X i.
Proof.
  intros Hi Hzi. destruct (Rle_lt_dec (f (X i)) (X i)) as [h|h]; auto. left; left.
  pose proof lo_le_x. apply (excursion_up f lo hi z ltac:(lra) ltac:(lra) (n - i) (X i)); auto.
  - intros k Hk. unfold X. rewrite <- iter_add. apply HX; lia.
  - unfold X. rewrite <- iter_add. replace (n - i + i)%nat with n by lia. fold (X n). lra.
Qed.

(* Step C. While the orbit is right of y, its points right of z are images of points of [y,z). *)
Local Lemma step_C i : (i < n)%nat -> x <= X i < z -> turb f lo hi \/ exists c, X i <= c < z /\ F c = X i.
Proof.
  intros Hi Hy. set (y := X i) in *.
  assert (Inv : forall k, (i + S k <= n)%nat -> (turb f lo hi \/ exists c, y <= c < z /\ F c = y) \/
     (y < X (i + S k) /\ (X (i + S k) < z \/ exists u, y <= u < z /\ X (i + S k) <= f u))).
  { induction k as [|k IHk]; intro Hk.
    - right. replace (i + 1)%nat with (S i) by lia. rewrite X_S. fold y.
      pose proof (Bz y Hy). split; [lra|]. right; exists y; split; lra.
    - destruct (IHk ltac:(lia)) as [A|[H1 H2]]; [left; exact A|].
      pose proof (right_of_z (i + S k) ltac:(lia)) as HB.
      replace (i + S (S k))%nat with (S (i + S k)) by lia. rewrite X_S.
      set (t := X (i + S k)) in *.
      destruct (Rlt_le_dec t z) as [ht|ht].
      { right. pose proof (Bz t ltac:(lra)). split; [lra|]. right; exists t; split; lra. }
      destruct H2 as [H2|[u [Hu Hut]]]; [lra|].
      destruct (Rle_lt_dec (f t) y) as [h|h].
      + (* f sends [z,t] over y, and [u,z) over that point *)
        left; right.
        destruct (IVT_down f z t y Hf ht ltac:(lra)) as [s [Hs Es]].
        destruct (IVT_down f u z s Hf ltac:(lra) ltac:(lra)) as [c [Hc Ec]].
        assert (EF : F c = y) by (rewrite F_eq; congruence).
        exists c; split; auto. split; [lra|].
        destruct (Req_dec c z) as [e|]; [|lra]. rewrite e, F_z in EF. lra.
      + destruct (Req_dec t z) as [e|].
        { right. split; [lra|]. right; exists u; split; auto. rewrite e, Ez. lra. }
        destruct (HB ltac:(lra)) as [T|g]; [left; left; exact T|].
        right. split; [lra|]. right; exists u; split; auto; lra. }
  specialize (Inv (n - i - 1)%nat ltac:(lia)).
  replace (i + S (n - i - 1))%nat with n in Inv by lia.
  destruct Inv as [A|[H _]]; auto. lra.
Qed.

Local Lemma even_left i j : (i < n)%nat -> (2 * j + i <= n)%nat -> x <= X i < z ->
  horseshoe \/ X (2 * j + i) < z.
Proof.
  intros Hi Hj Hy. destruct (step_C i Hi Hy) as [T|[c [Hc Ec]]]; [left; left; exact T|].
  destruct (Rlt_le_dec (X (2 * j + i)) z) as [h|h]; auto. left; right; right.
  destruct (Req_dec c (X i)) as [e|Hne].
  - exfalso. rewrite <- X_F, iter_fix in h; [lra|]. rewrite e in Ec; exact Ec.
  - pose proof lo_le_x. apply (excursion_dn F lo hi z Hzhi) with (k := S j) (y := c); try lra.
    + rewrite F_z; lra.
    + intros [|k] Hk; [simpl; lra|]. rewrite (F_from c (X i) k Ec), X_F. apply HX; lia.
    + rewrite (F_from c (X i) j Ec), X_F. lra.
Qed.

(* Otherwise the orbit would increase from time i to time n. *)
Local Lemma no_odd_left i : (i < n)%nat -> Nat.Odd i -> x <= X i < z -> horseshoe.
Proof.
  intros Hi [q Hq] Hy. destruct Hodd as [r Hr'].
  assert (L : forall m, (i <= m <= n)%nat -> horseshoe \/ X m < z).
  { intros m Hm. destruct (Nat.Even_or_Odd m) as [[p Hp]|[p Hp]].
    - replace m with (2 * p + 0)%nat by lia. apply even_left; try lia. change (X 0) with x; lra.
    - replace m with (2 * (p - q) + i)%nat by lia. apply even_left; auto; lia. }
  assert (M : forall k, (i + k <= n)%nat -> horseshoe \/ X i <= X (i + k)).
  { induction k as [|k IHk]; intro Hk.
    - right. rewrite Nat.add_0_r. lra.
    - destruct (IHk ltac:(lia)) as [T|h]; [left; exact T|].
      destruct (L (i + k)%nat ltac:(lia)) as [T|h']; [left; exact T|].
      right. replace (i + S k)%nat with (S (i + k)) by lia. rewrite X_S.
      pose proof (Bz (X (i + k)) ltac:(lra)). lra. }
  destruct (M (n - 1 - i)%nat ltac:(lia)) as [T|h]; [exact T|].
  destruct (L (n - 1)%nat ltac:(lia)) as [T|h']; [exact T|].
  replace (i + (n - 1 - i))%nat with (n - 1)%nat in h by lia.
  pose proof (Bz (X (n - 1)) ltac:(lra)) as B. rewrite <- X_S in B.
  replace (S (n - 1)) with n in B by lia. lra.
Qed.

(* An excursion of F from s > z that joins the orbit at the odd time i and ends at time n. *)
Local Lemma right_up s i : z < s -> (i <= n)%nat -> Nat.Odd i -> F s = X i -> s < X i -> s <= hi ->
  turb_up F lo hi.
Proof.
  intros Hs Hi [p Hp] E Hsi Hshi. destruct Hodd as [r Hr']. pose proof lo_le_x.
  apply (excursion_up F lo hi z ltac:(lra)) with (k := S (r - p)) (y := s); try lra.
  - rewrite F_z; lra.
  - intros [|k] Hk; [simpl; lra|]. rewrite (F_from s (X i) k E), X_F. apply HX; lia.
  - rewrite (F_from s (X i) (r - p) E), X_F. replace (2 * (r - p) + i)%nat with n by lia. lra.
Qed.

Local Lemma alternate j : (2 * j < n)%nat -> horseshoe \/ (x <= X (2 * j) < z /\ z < X (2 * j + 1) <= X 1).
Proof.
  destruct Hodd as [r Hr'].
  assert (X0 : X 0 = x) by reflexivity.
  assert (Hn1 : n <> 1%nat) by (intro e; rewrite e in Hr; change (X 1) with (f x) in Hr; lra).
  induction j as [|j IHj]; intro Hj.
  - change (2 * 0)%nat with 0%nat. change (0 + 1)%nat with 1%nat. rewrite X0.
    pose proof (X_not_z 1 ltac:(lia)).
    destruct (Rlt_le_dec (X 1) z) as [h|h]; [left|right; lra].
    apply (no_odd_left 1); [lia|exists 0%nat; lia|]. change (X 1) with (f x) in *. lra.
  - destruct (IHj ltac:(lia)) as [T|[H1 [H2 H3]]]; [left; exact T|].
    destruct (even_left 0 (S j) ltac:(lia) ltac:(lia) ltac:(rewrite X0; lra)) as [T|H4]; [left; exact T|].
    rewrite Nat.add_0_r in H4.
    pose proof (HX (2 * j + 1) ltac:(lia)) as Hh.
    assert (E2 : X (2 * S j) = f (X (2 * j + 1))) by (rewrite <- X_S; f_equal; lia).
    assert (E3 : X (2 * S j + 1) = f (X (2 * S j))) by (rewrite <- X_S; f_equal; lia).
    destruct (Rle_lt_dec (X (2 * S j)) x) as [h|h].
    + (* back at or behind x too early: some s in [z, x_(2j+1)] has f s = x *)
      left. rewrite E2 in h.
      destruct (IVT_down f z (X (2 * j + 1)) x Hf ltac:(lra) ltac:(lra)) as [s [Hs Es]].
      assert (Hzs : z <> s) by (intro e; rewrite <- e, Ez in Es; lra).
      assert (EF : F s = X 1) by (rewrite F_eq, Es; reflexivity).
      destruct (Req_dec s (X 1)) as [e|].
      * exfalso. assert (X n = X 1); [|lra].
        replace n with (2 * r + 1)%nat by lia. rewrite <- X_F. apply iter_fix. rewrite e in EF; exact EF.
      * right; left. apply (right_up s 1); try lra; try lia; auto. exists 0%nat; lia.
    + pose proof (Bz (X (2 * S j)) ltac:(lra)) as B.
      assert (Hn3 : (2 * S j + 1)%nat <> n) by (intro e; rewrite <- e in Hr; lra).
      pose proof (X_not_z (2 * S j + 1) ltac:(lia)).
      destruct (Rlt_le_dec (X (2 * S j + 1)) z) as [h'|h'].
      { left. apply (no_odd_left (2 * S j + 1)); [lia|exists (S j); lia|]. lra. }
      destruct (Rle_lt_dec (X (2 * S j + 1)) (X (2 * j + 1))) as [h2|h2]; [right; lra|].
      left; right; left. apply (right_up (X (2 * j + 1)) (2 * S j + 1)); auto; try lia; try lra.
      * exists (S j); lia.
      * rewrite F_eq, E3, E2. reflexivity.
Qed.

Lemma odd_return_turb : horseshoe.
Proof.
  destruct Hodd as [r Hr'].
  destruct (alternate r ltac:(lia)) as [T|[_ [H _]]]; [exact T|].
  replace (2 * r + 1)%nat with n in H by lia. lra.
Qed.

(* ---- A fixed point of f^n that f moves ---- *)

Local Lemma exit_left : exists v, x <= v < z /\ z <= f v.
Proof.
  assert (A : forall i, (i <= n)%nat ->
    (exists v, x <= v < z /\ z <= f v) \/ (x <= X i < z /\ ((0 < i)%nat -> x < X i))).
  { induction i as [|i IHi]; intro Hi.
    - right. change (X 0) with x. split; [lra|lia].
    - destruct (IHi ltac:(lia)) as [E|[H _]]; [left; exact E|].
      rewrite X_S. pose proof (Bz (X i) H).
      destruct (Rlt_le_dec (f (X i)) z) as [h|h].
      + right. split; [lra|]. intros _; lra.
      + left; exists (X i); split; auto. }
  destruct (A n ltac:(lia)) as [E|[_ H]]; [exact E|].
  destruct Hodd as [r Hr']. specialize (H ltac:(lia)). lra.
Qed.

Local Lemma F_preimages c v : x <= c < z -> F c = x -> x <= v < z ->
  forall k, exists t, x <= t < z /\ iter k F t = v.
Proof.
  intros Hc Ec Hv k. induction k as [|k [t [Ht Et]]].
  - exists v; split; auto.
  - destruct (IVT_up F c z t F_cont ltac:(lra) ltac:(rewrite Ec, F_z; lra)) as [w [Hw Ew]].
    exists w; split.
    + split; [lra|]. destruct (Req_dec w z) as [e|]; [rewrite e, F_z in Ew|]; lra.
    + rewrite (F_from w t k Ew). exact Et.
Qed.

Lemma odd_return_fix : turb f lo hi \/ exists p, x <= p < z /\ iter n f p = p.
Proof.
  destruct Hodd as [r Hr'].
  destruct (step_C 0 ltac:(lia) ltac:(change (X 0) with x; lra)) as [T|[c [Hc Ec]]]; [left; exact T|right].
  change (X 0) with x in *.
  destruct exit_left as [v [Hv Ev]].
  destruct (F_preimages c v Hc Ec Hv r) as [t [Ht Et]].
  assert (En : iter n f t = f v).
  { rewrite <- Et. unfold F. rewrite iter_iter. replace n with (S (r * 2)) by lia. reflexivity. }
  fold (X n) in Hr.
  destruct (IVT_up (fun u => iter n f u - u) x t 0 (cont_minus_id _ (iter_cont f n Hf)) ltac:(lra))
    as [p [Hp Ep]].
  { rewrite En. unfold X in Hr. lra. }
  exists p; split; lra.
Qed.
End OddReturn.

(* ---- Both orientations ---- *)

Lemma odd_return_mir f n x : f x < x <= iter n f x ->
  iter n (mir f) (- x) <= - x < mir f (- x).
Proof. intro H. rewrite iter_mir. unfold mir. rewrite !Ropp_involutive. lra. Qed.

Lemma orbit_mir f n x lo hi : (forall i, (i <= n)%nat -> lo <= iter i f x <= hi) ->
  forall i, (i <= n)%nat -> - hi <= iter i (mir f) (- x) <= - lo.
Proof. intros HX i Hi. specialize (HX i Hi). rewrite iter_mir, Ropp_involutive. lra. Qed.

Theorem odd_turb f x lo hi n : continuity f -> Nat.Odd n ->
  (forall i, (i <= n)%nat -> lo <= iter i f x <= hi) ->
  (iter n f x <= x < f x) \/ (f x < x <= iter n f x) ->
  turb f lo hi \/ turb (iter 2 f) lo hi.
Proof.
  intros Hf Hodd.
  assert (Up : forall g y lo' hi', continuity g -> (forall i, (i <= n)%nat -> lo' <= iter i g y <= hi') ->
    iter n g y <= y < g y -> turb g lo' hi' \/ turb (iter 2 g) lo' hi').
  { intros g y lo' hi' Hg HX [Hr Hy].
    destruct (first_fixed_point g y n Hg ltac:(destruct Hodd; lia) Hy Hr) as (z & j & Hj & Hz & Ez & Bz).
    pose proof (HX j Hj). apply (odd_return_turb g y lo' hi' z n); auto; lra. }
  intros HX [H|H]; [apply (Up f x); auto|].
  destruct (Up (mir f) (- x) (- hi) (- lo)) as [T|T].
  - apply mir_cont, Hf.
  - apply orbit_mir, HX.
  - apply odd_return_mir, H.
  - left. apply turb_of_mir, T.
  - right. apply turb_of_mir. apply (turb_ext (iter 2 (mir f))); auto. intro u. rewrite iter_mir. reflexivity.
Qed.

Theorem odd_period f x lo hi n : continuity f -> Nat.Odd n ->
  (forall i, (i <= n)%nat -> lo <= iter i f x <= hi) ->
  (iter n f x <= x < f x) \/ (f x < x <= iter n f x) ->
  exists q p, Nat.Odd q /\ (1 < q <= n)%nat /\ lo <= p <= hi /\ least_period f q p.
Proof.
  intros Hf Hodd.
  assert (Up : forall g y lo' hi', continuity g -> (forall i, (i <= n)%nat -> lo' <= iter i g y <= hi') ->
    iter n g y <= y < g y ->
    exists q p, Nat.Odd q /\ (1 < q <= n)%nat /\ lo' <= p <= hi' /\ least_period g q p).
  { intros g y lo' hi' Hg HX [Hr Hy].
    assert (Hn : (1 < n)%nat).
    { destruct Hodd as [r Hr']. destruct (Nat.eq_dec n 1) as [e|]; [|lia].
      rewrite e in Hr. simpl in Hr. lra. }
    destruct (first_fixed_point g y n Hg ltac:(lia) Hy Hr) as (z & j & Hj & Hz & Ez & Bz).
    pose proof (HX j Hj) as Hj'. pose proof (HX 0%nat ltac:(lia)) as H0. simpl in H0.
    destruct (odd_return_fix g y lo' hi' z n) as [T|[p [Hp Ep]]]; auto; try lra.
    - destruct (turb_chaotic g lo' hi' Hg T) as [P _]. destruct (P 3%nat ltac:(lia)) as [p [Hp Lp]].
      exists 3%nat, p. split; [exists 1%nat; lia|]. split; [|split; auto]. destruct Hodd; lia.
    - destruct (least_period_exists g n p ltac:(lia) Ep) as [q [Lq Dq]].
      pose proof (Nat.divide_pos_le q n ltac:(lia) Dq).
      exists q, p. split; [apply (odd_divide q n); auto|]. split; [|split; [lra|auto]].
      destruct Lq as [L1 [L2 _]]. destruct (Nat.eq_dec q 1) as [e|]; [|lia].
      rewrite e in L2; simpl in L2. pose proof (Bz p Hp). lra. }
  intros HX [H|H]; [apply (Up f x); auto|].
  destruct (Up (mir f) (- x) (- hi) (- lo)) as (q & p & Ho & Hq & Hp & L).
  - apply mir_cont, Hf.
  - apply orbit_mir, HX.
  - apply odd_return_mir, H.
  - exists q, (- p). split; [auto|]. split; [auto|]. split; [lra|]. apply least_period_mir; auto.
Qed.
