(* An uncountable scrambled set in a horseshoe (the second half of Li and Yorke 1975, Theorem 1).

   K = [a,b] and L = [b,c] both cover [a,c] under g, and g b <= a: a horseshoe whose halves may touch.

   1. Closeness without expansion.  Let z be the first fixed point of g in L, and b = z_0 < z_1 < ... -> z a
      backward orbit: g z_(m+1) = z_m.  Two orbits that are in J_m = [z_m, z] at the same time are closer
      than z - z_m.
   2. The itinerary.  Block m is  J_m J_(m-1) ... J_0  K  X_m  L,  where X_m is K or L as the m-th bit says;
      the sequence of bits repeats each entry of a given beta : nat -> bool infinitely often.  The point
      code(beta) follows it.
   3. Any two codes are proximal, by 1.  Different betas have distal codes: X_m = K then L stays away from
      the common end b, since g b <= a.  Periodic points are distal from all codes.
   4. There are uncountably many codes: Cantor's diagonal (in Spaces.v). *)

From Coq Require Import Reals Lra Lia Cantor.
From Certify Require Import Dynamics Iterates Continuity Covering Spaces.
Local Open Scope R_scope.

Lemma distal_sym g x y : distal g x y -> distal g y x.
Proof.
  intros [d [Hd H]]; exists d; split; auto. intro N; destruct (H N) as [n [Hn H']].
  exists n; split; auto. rewrite Rabs_minus_sym; auto.
Qed.

Section Horseshoe.
Variables (g : R -> R) (a b c : R).
Hypothesis Hg : continuity g.
Hypothesis Hab : a < b.
Hypothesis Hbc : b < c.
Hypothesis HK : covers g a b a c.
Hypothesis HL : covers g b c a c.
Hypothesis Hgb : g b <= a.

(* ---- 1. The fixed point z and its backward orbit ---- *)

Local Lemma fixed_point_in_L : exists z, b < z <= c /\ g z = z /\ forall x, b <= x < z -> g x < x.
Proof.
  destruct (HL c ltac:(lra)) as [l [Hl El]].
  assert (b < l) by (destruct (Req_dec b l) as [e|]; [rewrite <- e in El; lra|lra]).
  destruct (first_cross (fun x => g x - x) b l 0 (cont_minus_id _ Hg)) as [z [Hz [Ez Bz]]]; try lra.
  exists z; repeat split; try lra. intros x Hx; specialize (Bz x Hx); lra.
Qed.

Variable z : R.
Hypothesis Hz : b < z <= c.
Hypothesis Ez : g z = z.
Hypothesis Bz : forall x, b <= x < z -> g x < x.

Local Lemma back_step p : b <= p < z -> { w | p < w < z /\ g w = p }.
Proof.
  intro Hp. pose proof (Bz p Hp) as Bp.
  destruct (IVT_up g p z p Hg ltac:(lra) ltac:(rewrite Ez; lra)) as [w [Hw Ew]].
  exists w; split; auto. split.
  - destruct (Req_dec p w) as [<-|]; lra.
  - destruct (Req_dec w z) as [e|]; [rewrite e in Ew|]; lra.
Qed.

Local Fixpoint back (m : nat) : { p | b <= p < z } :=
  match m with
  | O => exist _ b (conj (Rle_refl b) (proj1 Hz))
  | S k => let (p, Hp) := back k in
           let (w, Hw) := back_step p Hp in
           exist _ w (conj (Rle_trans b p w (proj1 Hp) (Rlt_le _ _ (proj1 (proj1 Hw)))) (proj2 (proj1 Hw)))
  end.
Local Definition zs (m : nat) : R := proj1_sig (back m).

Local Lemma zs_range m : b <= zs m < z.
Proof. unfold zs; destruct (back m); auto. Qed.

Local Lemma zs_0 : zs 0 = b.
Proof. reflexivity. Qed.

Local Lemma zs_S m : zs m < zs (S m) /\ g (zs (S m)) = zs m.
Proof.
  unfold zs; simpl. destruct (back m) as [p Hp]; simpl.
  destruct (back_step p Hp) as [w Hw]; simpl. tauto.
Qed.

Local Lemma zs_mono m n : (m <= n)%nat -> zs m <= zs n.
Proof. induction 1 as [|k _ IH]; [lra|]. destruct (zs_S k); lra. Qed.

(* The limit of zs is a fixed point of g in [b,z], so it is z. *)
Local Lemma zs_close eps : 0 < eps -> exists M, forall m, (M <= m)%nat -> z - zs m < eps.
Proof.
  intro He. destruct (growing_cv zs) as [l Hl].
  { intro n; apply Rlt_le, (zs_S n). }
  { exists z; intros x [n ->]; pose proof (zs_range n); lra. }
  assert (Hlz : b <= l <= z).
  { split.
    - rewrite <- zs_0. apply growing_ineq; auto. intro n; apply Rlt_le, (zs_S n).
    - destruct (Rle_lt_dec l z) as [h|h]; auto. destruct (Hl (l - z) ltac:(lra)) as [N HN].
      specialize (HN N ltac:(lia)). pose proof (zs_range N). apply Rabs_def2 in HN; lra. }
  assert (Hgl : Un_cv zs (g l)).
  { intros e H. destruct (continuity_seq g _ l (Hg l) Hl e H) as [N HN]. exists N; intros n Hn.
    destruct (zs_S n) as [_ <-]. apply HN; lia. }
  assert (El : g l = l).
  { apply (UL_sequence (fun n => zs n)); auto. }
  assert (l = z) by (destruct (Req_dec l z) as [|Hne]; auto; pose proof (Bz l ltac:(lra)); lra).
  subst l. destruct (Hl eps He) as [M HM]. exists M; intros m Hm.
  specialize (HM m ltac:(lia)). apply Rabs_def2 in HM; lra.
Qed.

(* ---- 2. The itinerary of a sequence of bits ---- *)

(* Where in block m the orbit is. *)
Inductive place := InJ (m j : nat) | InK (m : nat) | InX (m : nat) | InL (m : nat).

Local Definition next (s : place) : place :=
  match s with
  | InJ m (S j) => InJ m j
  | InJ m O => InK m
  | InK m => InX m
  | InX m => InL m
  | InL m => InJ (S m) (S m)
  end.
Local Fixpoint run (n : nat) : place := match n with O => InJ 0 0 | S k => next (run k) end.

Local Definition bit (beta : nat -> bool) (m : nat) : bool := beta (fst (Cantor.of_nat m)).

Local Definition left_end (beta : nat -> bool) (s : place) : R :=
  match s with InJ _ j => zs j | InK _ => a | InX m => if bit beta m then a else b | InL _ => b end.
Local Definition right_end (beta : nat -> bool) (s : place) : R :=
  match s with InJ _ _ => z | InK _ => b | InX m => if bit beta m then b else c | InL _ => c end.

Local Lemma ends_le beta s : left_end beta s <= right_end beta s.
Proof. destruct s; simpl; try lra; [pose proof (zs_range j); lra|destruct (bit beta m); lra]. Qed.

Local Lemma ends_inside beta s : a <= left_end beta s /\ right_end beta s <= c.
Proof. destruct s; simpl; try lra; [pose proof (zs_range j); lra|destruct (bit beta m); lra]. Qed.

Local Lemma ends_cover beta s : covers g (left_end beta s) (right_end beta s)
                                   (left_end beta (next s)) (right_end beta (next s)).
Proof.
  pose proof (ends_inside beta (next s)) as Hin.
  destruct s as [m [|j]|m|m|m]; try (apply (covers_sub g b c a c); [apply Hin|apply Hin|exact HL]).
  - (* J_0 = [b,z] covers K *)
    simpl. apply (covers_ends g _ _ _ _ b z); rewrite ?zs_0; auto; try lra.
  - (* J_(j+1) covers J_j *)
    cbn [next left_end right_end]. destruct (zs_S j) as [Hlt E]. pose proof (zs_range (S j)).
    apply (covers_ends g _ _ _ _ (zs (S j)) z); auto; lra.
  - apply (covers_sub g a b a c); [apply Hin|apply Hin|exact HK].
  - simpl. destruct (bit beta m); [apply (covers_sub g a b a c)|apply (covers_sub g b c a c)]; auto; lra.
Qed.

Local Definition code (beta : nat -> bool) : R :=
  proj1_sig (itinerary g (fun n => left_end beta (run n)) (fun n => right_end beta (run n)) Hg
               (fun n => ends_le beta (run n)) (fun n => ends_cover beta (run n))).

Local Lemma code_follows beta n : left_end beta (run n) <= iter n g (code beta) <= right_end beta (run n).
Proof. unfold code; destruct itinerary as [x Hx]; simpl; apply Hx. Qed.

Local Lemma run_down m n : run n = InJ m m -> forall i, (i <= m)%nat -> run (i + n) = InJ m (m - i).
Proof.
  intros H i; induction i; intro Hi; simpl.
  - rewrite Nat.sub_0_r; auto.
  - rewrite IHi by lia. replace (m - i)%nat with (S (m - S i)) by lia. reflexivity.
Qed.

Local Lemma run_K m n : run n = InJ m m -> run (S m + n) = InK m.
Proof. intro H. simpl. rewrite (run_down m n H m) by lia. rewrite Nat.sub_diag; reflexivity. Qed.

Local Lemma run_X m n : run n = InJ m m -> run (S (S m) + n) = InX m.
Proof. intro H. change (next (run (S m + n)) = InX m). rewrite run_K; auto. Qed.

Local Lemma run_L m n : run n = InJ m m -> run (S (S (S m)) + n) = InL m.
Proof. intro H. change (next (run (S (S m) + n)) = InL m). rewrite run_X; auto. Qed.

Local Lemma block_begins m : exists n, (m <= n)%nat /\ run n = InJ m m.
Proof.
  induction m as [|m [n [Hn Hr]]].
  - exists 0%nat; split; auto.
  - exists (S (S (S (S m))) + n)%nat; split; [lia|].
    change (next (run (S (S (S m)) + n)) = InJ (S m) (S m)). rewrite run_L; auto.
Qed.

(* ---- 3. Proximal and distal ---- *)

Local Lemma code_proximal beta gamma : proximal g (code beta) (code gamma).
Proof.
  intros eps He N. destruct (zs_close eps He) as [M HM].
  set (m := Nat.max M N). destruct (block_begins m) as [n [Hn Hr]].
  exists n; split; [lia|].
  pose proof (code_follows beta n) as Cb. pose proof (code_follows gamma n) as Cc.
  rewrite Hr in Cb, Cc. simpl in Cb, Cc. specialize (HM m ltac:(lia)).
  apply Rabs_def1; lra.
Qed.

(* K followed by L stays away from b. *)
Local Lemma gap : exists d, 0 < d /\ forall y, a <= y <= b -> b <= g y -> y <= b - d.
Proof.
  destruct (cont_lt g b b Hg ltac:(lra)) as [d [Hd Hc]].
  exists d; split; auto. intros y Hy Hgy.
  destruct (Rle_lt_dec y (b - d)) as [h|h]; auto. exfalso.
  specialize (Hc y ltac:(apply Rabs_def1; lra)); lra.
Qed.

Local Lemma code_distal_true_false beta gamma i : beta i = true -> gamma i = false ->
  distal g (code beta) (code gamma).
Proof.
  intros Hb Hc. destruct gap as [d [Hd Hgap]]. exists d; split; auto. intro N.
  (* a block beyond N that shows the bit i *)
  set (m := Cantor.to_nat (i, N)).
  assert (Hm : (N <= m)%nat) by (unfold m; pose proof (Cantor.to_nat_non_decreasing i N); lia).
  assert (Em : fst (Cantor.of_nat m) = i) by (unfold m; rewrite Cantor.cancel_of_to; reflexivity).
  destruct (block_begins m) as [n [Hn Hr]].
  exists (S (S m) + n)%nat; split; [lia|].
  pose proof (code_follows beta (S (S m) + n)) as Bx. pose proof (code_follows gamma (S (S m) + n)) as Cx.
  pose proof (code_follows beta (S (S (S m)) + n)) as Bl.
  rewrite (run_X m n Hr) in Bx, Cx. rewrite (run_L m n Hr) in Bl.
  unfold left_end, right_end, bit in Bx, Cx, Bl. rewrite Em, Hb in Bx. rewrite Em, Hc in Cx.
  specialize (Hgap _ Bx (proj1 Bl)). rewrite Rabs_left1; lra.
Qed.

Local Lemma code_distal beta gamma i : beta i <> gamma i -> distal g (code beta) (code gamma).
Proof.
  intro H. destruct (beta i) eqn:Eb; destruct (gamma i) eqn:Eg; try congruence.
  - apply (code_distal_true_false _ _ i); auto.
  - apply distal_sym, (code_distal_true_false _ _ i); auto.
Qed.

(* A periodic point q would have to be near J_1 and, a multiple of its period later, near K. *)
Local Lemma code_distal_periodic beta q : periodic g q -> distal g (code beta) q.
Proof.
  intros [p [Hp Eq]].
  set (P := (2 * p)%nat). assert (EP : iter P g q = q) by (apply periodic_mult; auto).
  assert (HP : (2 <= P)%nat) by (unfold P; lia).
  destruct (zs_S 0) as [Hz1 _]. rewrite zs_0 in Hz1.
  exists ((zs 1 - b) / 2); split; [lra|]. intro N.
  set (m := (N + P)%nat). destruct (block_begins m) as [n [Hn Hr]].
  set (t := (S m + n - P)%nat).
  assert (HrJ : run t = InJ m (P - 1)).
  { unfold t. replace (S m + n - P)%nat with ((m - (P - 1)) + n)%nat by lia.
    rewrite (run_down m n Hr) by lia. f_equal; lia. }
  pose proof (code_follows beta t) as CJ. rewrite HrJ in CJ. cbn [left_end right_end] in CJ.
  pose proof (code_follows beta (S m + n)) as CK. rewrite (run_K m n Hr) in CK.
  cbn [left_end right_end] in CK.
  pose proof (zs_mono 1 (P - 1) ltac:(lia)) as Hz1P.
  assert (Et : (S m + n)%nat = (t + P)%nat) by (unfold t; lia).
  assert (Eqt : iter (S m + n) g q = iter t g q) by (rewrite Et, iter_add, EP; auto).
  destruct (Rle_lt_dec ((zs 1 - b) / 2) (Rabs (iter t g (code beta) - iter t g q))) as [h|h].
  - exists t; split; [unfold t; lia|auto].
  - exists (S m + n)%nat; split; [lia|]. rewrite Eqt. apply Rabs_def2 in h. rewrite Rabs_left1; lra.
Qed.

(* ---- 4. The set of all codes ---- *)

Local Definition all_codes : R -> Prop := codes code.

Local Lemma codes_range x : all_codes x -> b <= x <= c.
Proof. intros [beta ->]. pose proof (code_follows beta 0) as H. simpl in H. pose proof zs_0. lra. Qed.
End Horseshoe.

Theorem horseshoe_scrambled g a b c : continuity g -> a < b -> b < c ->
  covers g a b a c -> covers g b c a c -> g b <= a -> has_scrambled g b c.
Proof.
  intros Hg Hab Hbc HK HL Hgb.
  destruct (fixed_point_in_L g a b c Hg Hab Hbc HL Hgb) as [z [Hz [Ez Bz]]].
  assert (Hper : forall x q, all_codes g a b c Hg Hab Hbc HK HL Hgb z Hz Ez Bz x -> periodic g q -> distal g x q).
  { intros x q [beta ->]. apply code_distal_periodic. }
  exists (all_codes g a b c Hg Hab Hbc HK HL Hgb z Hz Ez Bz).
  split; [apply codes_range|]. split; [|split; [apply (codes_uncountable line_distance g line_distance_self), code_distal|]].
  - intros x Cx Hp. apply (distal_irrefl_in line_distance g line_distance_self x), Hper; auto.
  - split; [apply (codes_scrambled line_distance g); [apply code_distal|apply code_proximal]|exact Hper].
Qed.
